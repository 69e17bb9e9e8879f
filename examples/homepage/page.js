// A homepage as people keep them on static hosts: one list of texts per language, written into <main> by script and
// written anew when the language changes. Its bullets have neither ids nor attributes; the chat finds them by their text.
"use strict";

const RESUME = {
  zh: {
    name: "叶子卿",
    headline: "推荐算法负责人 / Tech Lead",
    headings: {
      work: "工作经历",
      awards: "奖项与荣誉",
      skills: "技术能力",
      education: "教育背景",
    },
    other: "English",
    work: [
      {
        title: "某头部交易所 - 广场 Feed 流 - 算法负责人",
        role: "广场推荐算法负责人 / Tech Lead",
        when: "2025 年 4 月 - 至今",
        points: [
          "作为广场 Feed 流推荐算法负责人，端到端负责推荐系统的算法优化、工程架构和团队协作，推动广场交易转化实现质的飞跃。通过建立完整的交易归因体系、驱动跨团队协作、全栈优化系统性能，年度贡献交易额预估增量 41.1 亿 USD",
        ],
        projects: [
          {
            title: "端到端主导推荐系统架构升级与业务增长",
            points: [
              "作为 Tech Lead 主导推荐系统全链路优化 (v23→v24→v25 三个版本迭代)，协调算法、工程、业务三方团队 (10+ 成员)，建立跨部门协作机制",
              "年度核心成果：组件导流订单量 +30.95%，日均交易额 1.26 亿 USD (年度增量 41.1 亿 USD)，转化效率提升 23.94%",
              "建立完整的效果评估体系与 AB 测试框架，确保所有指标提升均为纯模型贡献，排除产品、运营等其他因素干扰",
            ],
          },
          {
            title: "系统性能优化与成本控制",
            points: [
              "主导离线训练链路优化：发现并解决离线特征构建内存爆炸问题，设计两阶段去重策略，内存峰值-50%，失败率从 30% 降至 <1%，处理时间从 50 分钟降至 30 分钟",
              "主导 SageMaker 线上部署优化：与工程团队深度协作，将实例配置从 300 台 4x large 优化至 150 台 8x large，资源成本降低 50%，保证推理性能和稳定性",
              "年度成本优化：离线训练成本从日均 6000 USD 降至 3000 USD，线上推理成本-50%，累计年预估节省 200 万 + USD",
            ],
          },
          {
            title: "推动组织协作与技术体系建设",
            points: [
              "与交易团队 (Tat/Maya/Choco) 建立深度合作关系，打通内容推荐与交易转化的数据链路，首次实现内容对交易贡献的精准量化",
              "推动工程团队 (Jeffrey/JerryM) 完成特征存储优化 (压缩 30% 存储成本)、推理性能优化、部署流水线建设，提升团队整体迭代效率",
              "建立标准化的模型上线 SOP、效果评估体系、问题诊断流程，沉淀方法论文档，推动知识传承与团队能力提升",
            ],
          },
          {
            title: "特征工程与模型架构演进",
            points: [
              "v23 模型：首次在推荐模型中引入交易目标，从 0 到 1 设计完整的交易归因技术方案：梳理 20+ 交易埋点，设计 60s/1h 窗口期回补机制，引入交易底表覆盖 futures/spot/alpha 三大场景",
              "创新性地将 trade_click、place_order、main_trade 等多个交易目标融入多目标模型，实现点击-时长-交易的端到端优化，解决交易归因准确性问题",
              "60 秒订单成交量 +16.07%，人均订单数 +21.78%；高转化场景人均订单增幅达 59%-76%",
              "v24 模型：系统性完善特征体系，新增类目特征 v3 (赛道/产品/内容三维分类)，增强用户行为序列特征 (click/like/share/follow/comment 对应的类目特征及统计特征)，60 秒人均成单量 +32.78%",
              "v25 模型：完善历史交易组件点击序列特征（新增 author/token/zone/keyword 等 8 个 side info 特征），以序列方式加入模型，提升用户交易意图理解，订单日均 +1.08%",
              "主动识别并修复多个历史遗留的特征 bug，建立完整的数据质量监控体系，保证模型基础质量",
            ],
          },
        ],
      },
      {
        title: "Tiktok - 国际化电商 - 算法专家",
        role: "国际化电商推荐组成员",
        when: "2024 年 4 月 - 2025 年 4 月",
        points: [
          "排序基础技术优化，持续迭代粗精排的特征信号、模型结构、样本和排序目标",
        ],
        projects: [
          {
            title: "粗排 Listwise 数据流蒸馏",
            points: [
              "通过补充全精排打分样本至粗排数据流，实现线上线下打分对齐",
              "采用蒸馏任务作为隐式任务头，优化蒸馏策略，反转掉重型结构",
              "US 地区获得商城人均 GMV+1.4957%，UV_CTR+0.4300% 显著提升",
            ],
          },
          {
            title: "粗排融合公式迭代，VT 链路重构",
            points: [
              "优化粗排融合公式配置化管理，简化模型调整流程",
              "系统化调参策略优化",
              "US 区域获得显著增长：UV_CTR +0.3650%，GMV +0.9536%",
            ],
          },
          {
            title: "精排子场景，小模型替代大模型",
            points: [
              "通过复用全场景大模型与场景内小模型的结合方式，成功用 Lite 模型替代原有场景内大模型",
              "小模型使用场景内样本流训练，减少资源消耗，加速训练过程",
              "保持 GMV 和 CTCVR 基本持平的同时，减少 52.73% 训练 PS 消耗与 79.9% 线上 PS 消耗",
            ],
          },
        ],
      },
      {
        title: "Shopee SG - 高级算法工程师",
        role: "Daily Discovery 组成员",
        when: "2021 年 10 月 - 2024 年 4 月",
        points: [
          "针对 Shopee 首页推荐业务，设计排序模型以及效果性能优化",
        ],
        projects: [
          {
            title: "全区域上线第一版多目标级联粗排模型",
            points: [
              "与精排共用训练推理框架，通过缓存 item 侧 embedding 加速线上推理过程",
              "选用三塔 + 顶部 MLP 融合架构，在保证推理效率前提下获得交叉信息",
              "在 3000 item 输入量下，粗排延迟约 46ms，全区域获得显著提升",
              "ID +2.33% click +1.59%，BR +2.3% order，VN +3.92% order 等多项指标改善",
            ],
          },
          {
            title: "双粗排联合模型研究实践",
            points: [
              "使用 in-batch 随机负样本并借鉴 CLIP 的双向计算 CE loss 与自适应温度系数",
              "离线实现 +5.23% 的 order 提升，线上 ID 和 SG 区域分别取得 +2.3% click 和 +3.36% order 提升",
            ],
          },
          {
            title: "粗排多目标升级 ESMM 结构",
            points: [
              "引入多级别目标，灵活调整线上评分序列的权重，优化 item 排名与隐含目标训练",
              "ID 区域获得 order/u 3.35% 的提升",
            ],
          },
          {
            title: "精排升级 JRC 结构",
            points: [
              "将 pointwise 训练替换为 listwise 训练，借鉴 RCR loss 和 JRC 论文中的 CE+GE loss",
              "ID 区域获得 click/u 4% 的提升",
            ],
          },
          {
            title: "商店展示页精排模型特征筛选",
            points: [
              "引入 slot 乘子优化特征筛选，去掉 59 个低权重乘子",
              "减少 50% 存储容量，提升 50% 训练速度",
              "全局 click 持平情况下，order 指标提升 +1.27%",
            ],
          },
        ],
      },
      {
        title: "微信视频号 - 算法工程师",
        role: "算法推荐一组成员",
        when: "2020 年 6 月 - 2021 年 10 月",
        points: [
          "完成微信视频号视频推荐算法相关研究及后台数据支持",
        ],
        projects: [
          {
            title: "lookalike 模型架构搭建",
            points: [
              "在热门 feed 推荐中搭建 lookalike 链路，完成 u2u 人群扩展",
              "通过 mq 缓冲处理，使同一 item 的曝光聚合后生成 hist 数据，日曝光量约 3.3 亿",
              "使用 cache 做轮次内缓存，bdemem 做轮次间缓存，优化线上推理性能",
            ],
          },
          {
            title: "框架预测流程迁移接入 metis 1.0 架构",
            points: [
              "完成模型架构转移，使模型 infer embedding 部分逻辑与原流程解耦",
              "新建 rpc 接口，负责对所有请求计算 infer 的 embedding 值",
            ],
          },
          {
            title: "冷启动推荐提权融合公式修改",
            points: [
              "替换原有冷启链路，启用基于 pid 控制的融合提权公式",
              "精细化考虑观看时长、完播、点赞等特征，调整冷启出量控制",
            ],
          },
          {
            title: "推荐架构数组类型特征支持",
            points: [
              "在视频 feed 推荐流程中新增对数组类型 feature 的支持",
              "完成在数据流模型中各部分对列表特征的支持",
              "完成在线数据流与模型训练的对接工作",
            ],
          },
        ],
      },
      {
        title: "Google - 软件开发工程师",
        role: "软件开发工程师",
        when: "2019 年 7 月 – 2020 年 2 月",
        points: [
          "完成广告收入预测项目的开发、实现、测试、上线",
        ],
        projects: [
          {
            title: "广告收入预测项目",
            points: [
              "基于 Google 广告业务的收入数据，设计算法框架，实现对广告收入的预测",
              "分别对一天、一个月、一个季度、一年的收入进行预测",
              "识别每年的高峰收入时间区域，并完成对比测试和上线",
            ],
          },
        ],
      },
    ],
    awards: [
      "**金奖** — 2017 年 ACM-ICPC 国际大学生程序设计竞赛亚洲区域赛总决赛 (2017 年 12 月)",
      "**金奖第五名** — 2017 年 ACM-ICPC 国际大学生程序设计竞赛亚洲区域赛香港站 (2017 年 11 月)",
      "**金奖** — 2017 年 ACM-ICPC 国际大学生程序设计竞赛亚洲区域赛沈阳站 (2017 年 10 月)",
      "**金奖** — 2016 年 ACM-ICPC 国际大学生程序设计竞赛亚洲区域赛青岛站 (2016 年 11 月)",
      "**金奖第五名** — 2016 年 CCPC 中国大学生程序设计竞赛长春赛区 (2016 年 9 月)",
      "**银奖第十八名** — 2016 年 CCPC 中国大学生程序设计竞赛总决赛 (2016 年 12 月)",
      "**铜牌** — 2013 年全国青少年信息学奥林匹克竞赛 (2013 年 8 月)",
      "**Meritorious Winner** — 2017 年美国大学生数学建模竞赛 (2017 年 4 月)",
    ],
    skills: [
      "算法：推荐系统架构、模型优化、深度学习",
      "语言：C++、Python、Java",
      "机器学习：TensorFlow、Pytorch",
      "数据与工程：Spark、Hadoop、Docker、Kubernetes、AWS、Git",
    ],
    education: {
      title: "中山大学",
      role: "计算机科学与技术专业",
      when: "2015 年 – 2019 年",
      points: [
        "GPA: 3.8/4.0",
      ],
    },
  },
  en: {
    name: "Zachery Ye",
    headline: "Recommendation Algorithm Lead / Tech Lead",
    headings: {
      work: "Work experience",
      awards: "Awards and honors",
      skills: "Technical skills",
      education: "Education",
    },
    other: "中文",
    work: [
      {
        title: "A leading exchange - Square feed - Algorithm Lead",
        role: "Square Recommendation Algorithm Lead / Tech Lead",
        when: "April 2025 - present",
        points: [
          "As algorithm lead for Square feed recommendations, owns algorithm optimization, engineering architecture and team collaboration for the recommender system end to end, driving a step change in trading conversion on Square. By building a complete trade attribution system, driving cross-team collaboration and optimizing system performance across the full stack, contributes an estimated annual increase of USD 4.11 billion in trading volume",
        ],
        projects: [
          {
            title: "Led the recommender architecture upgrade and business growth end to end",
            points: [
              "As Tech Lead, drove full-pipeline optimization of the recommender system (three iterations, v23→v24→v25), coordinating algorithm, engineering and business teams (10+ members) and setting up a cross-department collaboration process",
              "Key results of the year: component-driven orders +30.95%, average daily trading volume of USD 126 million (annual increase of USD 4.11 billion), conversion efficiency up 23.94%",
              "Built a complete evaluation system and A/B testing framework, ensuring that every reported gain is a pure model contribution, with product, operations and other factors ruled out",
            ],
          },
          {
            title: "System performance and cost control",
            points: [
              "Led optimization of the offline training pipeline: found and fixed a memory blow-up in offline feature building and designed a two-stage deduplication strategy; peak memory -50%, failure rate down from 30% to <1%, processing time cut from 50 minutes to 30 minutes",
              "Led optimization of the SageMaker online deployment: working closely with the engineering team, moved from 300 4x large instances to 150 8x large instances, cutting resource cost by 50% while keeping inference performance and stability",
              "Annual cost optimization: offline training cost cut from USD 6000 to USD 3000 a day on average, online inference cost -50%, an estimated total saving of USD 2 million+ a year",
            ],
          },
          {
            title: "Cross-team collaboration and technical foundations",
            points: [
              "Built a close partnership with the trading team (Tat/Maya/Choco) and connected the data pipeline between content recommendation and trading conversion, precisely quantifying for the first time what content contributes to trading",
              "Drove the engineering team (Jeffrey/JerryM) to deliver feature storage optimization (storage cost compressed by 30%), inference performance optimization and a deployment pipeline, raising the whole team's iteration speed",
              "Established a standardized model launch SOP, an evaluation system and a troubleshooting process, and documented the methodology, promoting knowledge transfer and growing the team's skills",
            ],
          },
          {
            title: "Feature engineering and model architecture evolution",
            points: [
              "v23 model: introduced trading objectives into the recommendation model for the first time and designed a complete trade attribution solution from 0 to 1: mapped 20+ trading tracking events, designed a 60s/1h window backfill mechanism, and brought in the trading base table covering three scenarios: futures/spot/alpha",
              "Innovatively built trade_click, place_order, main_trade and other trading objectives into the multi-objective model, achieving end-to-end click-dwell time-trade optimization and solving the accuracy problem of trade attribution",
              "60-second filled order volume +16.07%, orders per user +21.78%; orders per user up 59%-76% in high-conversion scenarios",
              "v24 model: systematically extended the feature set, adding category features v3 (a three-dimensional track/product/content taxonomy) and enhancing user behavior sequence features (category and statistical features for click/like/share/follow/comment); 60-second filled orders per user +32.78%",
              "v25 model: completed the click sequence features of historical trading components (adding 8 side info features such as author/token/zone/keyword) and fed them to the model as a sequence, for a better understanding of users' trading intent; average daily orders +1.08%",
              "Proactively identified and fixed several legacy feature bugs and built a complete data quality monitoring system, safeguarding the model's foundations",
            ],
          },
        ],
      },
      {
        title: "TikTok - International E-commerce - Algorithm Expert",
        role: "Member of the International E-commerce Recommendation group",
        when: "April 2024 - April 2025",
        points: [
          "Core ranking technology: continuous iteration on feature signals, model structure, samples and ranking objectives for pre-ranking and ranking",
        ],
        projects: [
          {
            title: "Listwise data-stream distillation for pre-ranking",
            points: [
              "Added the full set of samples scored by ranking to the pre-ranking data stream, aligning online and offline scores",
              "Used the distillation task as an implicit task head, optimized the distillation strategy and backed out the heavyweight structure",
              "Significant lift in the US: mall GMV per user +1.4957%, UV_CTR +0.4300%",
            ],
          },
          {
            title: "Pre-ranking fusion formula iteration and VT pipeline refactoring",
            points: [
              "Moved the pre-ranking fusion formula to better configuration management, simplifying model adjustment",
              "Optimized parameter tuning strategy systematically",
              "Significant growth in the US: UV_CTR +0.3650%, GMV +0.9536%",
            ],
          },
          {
            title: "Ranking sub-scenario: a small model in place of a large one",
            points: [
              "By combining a reused all-scenario large model with an in-scenario small model, successfully replaced the existing in-scenario large model with a Lite model",
              "The small model trains on the in-scenario sample stream, using fewer resources and training faster",
              "With GMV and CTCVR essentially flat, cut training PS consumption by 52.73% and online PS consumption by 79.9%",
            ],
          },
        ],
      },
      {
        title: "Shopee SG - Senior Algorithm Engineer",
        role: "Member of the Daily Discovery group",
        when: "October 2021 - April 2024",
        points: [
          "Designed ranking models for Shopee homepage recommendations and optimized their effectiveness and performance",
        ],
        projects: [
          {
            title: "First multi-objective cascade pre-ranking model launched in all regions",
            points: [
              "Shares its training and inference framework with ranking, and caches item-side embeddings to speed up online inference",
              "Chose a three-tower + top MLP fusion architecture, capturing cross information while keeping inference efficient",
              "With 3000 items as input, pre-ranking latency is about 46ms; significant lift in all regions",
              "Several metrics improved: ID +2.33% click +1.59%, BR +2.3% order, VN +3.92% order",
            ],
          },
          {
            title: "Joint dual pre-ranking model: research and practice",
            points: [
              "Used in-batch random negatives and borrowed from CLIP the bidirectional CE loss and the adaptive temperature coefficient",
              "+5.23% order lift offline; online, ID and SG gained +2.3% click and +3.36% order respectively",
            ],
          },
          {
            title: "Multi-objective pre-ranking upgraded to an ESMM structure",
            points: [
              "Introduced multi-level objectives and flexible weighting of the online score sequence, improving item ranking and the training of implicit objectives",
              "3.35% lift in order/u (orders per user) in ID",
            ],
          },
          {
            title: "Ranking upgraded to a JRC structure",
            points: [
              "Replaced pointwise training with listwise training, borrowing RCR loss and the CE+GE loss of the JRC paper",
              "4% lift in click/u (clicks per user) in ID",
            ],
          },
          {
            title: "Feature selection for the shop page ranking model",
            points: [
              "Introduced slot multipliers to improve feature selection and removed 59 low-weight multipliers",
              "Cut storage by 50% and raised training speed by 50%",
              "With global clicks flat, the order metric rose +1.27%",
            ],
          },
        ],
      },
      {
        title: "WeChat Channels - Algorithm Engineer",
        role: "Member of Recommendation Algorithm Group 1",
        when: "June 2020 - October 2021",
        points: [
          "Research on video recommendation algorithms for WeChat Channels, with back-end data support",
        ],
        projects: [
          {
            title: "Lookalike model architecture",
            points: [
              "Built a lookalike pipeline in trending feed recommendation, delivering u2u audience expansion",
              "Buffered through mq so that exposures of the same item are aggregated into hist data, at about 330 million exposures a day",
              "Used cache for caching within a round and bdemem for caching between rounds, improving online inference performance",
            ],
          },
          {
            title: "Migrated the framework's prediction flow to the metis 1.0 architecture",
            points: [
              "Moved the model architecture over, decoupling the model's infer embedding logic from the original flow",
              "Built a new rpc interface that computes the infer embedding for all requests",
            ],
          },
          {
            title: "Reworked the cold-start boosting fusion formula",
            points: [
              "Replaced the previous cold-start pipeline with a boosting fusion formula based on pid control",
              "Took watch time, completion, likes and other features into fine-grained account to adjust control of cold-start output volume",
            ],
          },
          {
            title: "Array-type feature support in the recommendation architecture",
            points: [
              "Added support for array-type features to the video feed recommendation flow",
              "Completed list-feature support in every part of the data-flow model",
              "Connected the online data stream with model training",
            ],
          },
        ],
      },
      {
        title: "Google - Software Engineer",
        role: "Software Engineer",
        when: "July 2019 – February 2020",
        points: [
          "Completed the development, implementation, testing and launch of the ads revenue forecasting project",
        ],
        projects: [
          {
            title: "Ads revenue forecasting project",
            points: [
              "Designed an algorithm framework on Google Ads revenue data to forecast ads revenue",
              "Forecast revenue separately for one day, one month, one quarter and one year",
              "Identified each year's peak revenue periods, and completed comparison testing and launch",
            ],
          },
        ],
      },
    ],
    awards: [
      "**Gold Medal** — 2017 ACM-ICPC International Collegiate Programming Contest, Asia Regional Final (December 2017)",
      "**Gold Medal, 5th place** — 2017 ACM-ICPC International Collegiate Programming Contest, Asia Regional, Hong Kong Site (November 2017)",
      "**Gold Medal** — 2017 ACM-ICPC International Collegiate Programming Contest, Asia Regional, Shenyang Site (October 2017)",
      "**Gold Medal** — 2016 ACM-ICPC International Collegiate Programming Contest, Asia Regional, Qingdao Site (November 2016)",
      "**Gold Medal, 5th place** — 2016 CCPC China Collegiate Programming Contest, Changchun Site (September 2016)",
      "**Silver Medal, 18th place** — 2016 CCPC China Collegiate Programming Contest, National Final (December 2016)",
      "**Bronze Medal** — 2013 National Olympiad in Informatics, China (August 2013)",
      "**Meritorious Winner** — 2017 Mathematical Contest in Modeling, USA (April 2017)",
    ],
    skills: [
      "Algorithms: recommender system architecture, model optimization, deep learning",
      "Languages: C++, Python, Java",
      "Machine learning: TensorFlow, PyTorch",
      "Data and engineering: Spark, Hadoop, Docker, Kubernetes, AWS, Git",
    ],
    education: {
      title: "Sun Yat-sen University",
      role: "Computer Science and Technology",
      when: "2015 – 2019",
      points: [
        "GPA: 3.8/4.0",
      ],
    },
  },
};

const SECTIONS = ["work", "awards", "skills", "education"];
const THEMES = { light: "☾", dark: "☼" };

function make(tag, text = "", className = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  // **Bold** and figures with a per cent sign stand out; nothing else of Markdown is used in the texts.
  for (const [index, piece] of text.split(/\*\*(.+?)\*\*|([+-]?\d[\d.]*%)/).entries()) {
    if (piece) element.append(index % 3 ? Object.assign(document.createElement("strong"), { textContent: piece }) : piece);
  }
  return element;
}

function list(points) {
  const element = make("ul");
  element.append(...points.map((point) => make("li", point)));
  return element;
}

function heading({ title, role, when }) {
  const [where, ...rest] = title.split(" - ");
  const element = make("header");
  const name = make("h3", where);
  if (rest.length) name.append(" ", make("span", rest.join(" · ")));
  element.append(name, make("p", role, "role"), make("time", when));
  return element;
}

function job(one) {
  const element = make("article");
  element.append(heading(one), list(one.points));
  for (const { title, points } of one.projects ?? []) element.append(make("h4", title), list(points));
  return element;
}

function section(name, texts) {
  const element = make("section");
  const content = texts[name];
  element.append(make("h2", texts.headings[name]));
  if (name === "work") element.append(...content.map(job));
  else element.append(Array.isArray(content) ? list(content) : job(content));
  return element;
}

function hello({ name, headline }) {
  const element = make("div", "", "hello");
  const link = Object.assign(make("a", "github.com/yzq986"), { href: "https://github.com/yzq986" });
  element.append(make("h1", name), make("p", headline), link);
  return element;
}

function render(language) {
  const texts = RESUME[language];
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = texts.name;
  document.querySelector("#mark").textContent = texts.name;
  document.querySelector("#language").textContent = texts.other;
  document.querySelector("main").replaceChildren(hello(texts), ...SECTIONS.map((name) => section(name, texts)));
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const button = document.querySelector("#theme");
  button.textContent = THEMES[theme];
  button.setAttribute("aria-label", theme === "dark" ? "浅色 · light" : "深色 · dark");
}

document.querySelector("#language").addEventListener("click", () => {
  render(document.documentElement.lang === "en" ? "zh" : "en");
});
document.querySelector("#theme").addEventListener("click", () => {
  setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
});

setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
// As if the texts came from elsewhere: they stand on the page only some time after it has loaded.
addEventListener("load", () => setTimeout(render, 50, "zh"));
